/**
 * What Jenkins runs at each start, once its jobs are loaded: the one account that the pipeline's API logs in by has the password that this environment
 * made, whatever its image brought, and no other account of the image's is left. Nobody else logs in: it is reached inside only.
 */
export const JENKINS_INIT = `import hudson.security.FullControlOnceLoggedInAuthorizationStrategy
import hudson.security.HudsonPrivateSecurityRealm
import jenkins.model.Jenkins

def jenkins = Jenkins.instance
def name = System.getenv("CI_SERVER_ADMIN_USERNAME")
def realm = jenkins.securityRealm instanceof HudsonPrivateSecurityRealm ? jenkins.securityRealm : new HudsonPrivateSecurityRealm(false)
jenkins.securityRealm = realm
realm.createAccount(name, System.getenv("CI_SERVER_ADMIN_PASSWORD"))
realm.allUsers.findAll { it.id != name }.each { it.delete() }
def strategy = new FullControlOnceLoggedInAuthorizationStrategy()
strategy.allowAnonymousRead = false
jenkins.authorizationStrategy = strategy
jenkins.save()
`;
