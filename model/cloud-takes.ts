/** How a name of the cloud's own looks. */
export interface Form {
  readonly is: RegExp;
  /** What to write, as a remedy says it. */
  readonly remedy: string;
}

/** From the least to the most, both taken. */
export type Range = readonly [least: number, most: number];

/**
 * What a cloud takes of regions, sizes and volumes, as far as that can be told without asking it: mistakes, and names of another cloud's, are then
 * problems of the file. What is left out, only the cloud knows.
 */
export interface Takes {
  readonly region?: Form;
  readonly size?: Form & {
    /** Of Arm processors: everything that machines are made of is for x86-64. */
    readonly arm?: RegExp;
  };
  /** The disk that machines boot from: the own option that says its size, and the GiB it may have, which the image fills in part. */
  readonly boot?: { readonly option: string; readonly GiB: Range };
  /** The GiB that data volumes may have, by their types; and of those whose type the file leaves to the cloud. */
  readonly volumes?: {
    readonly types: Readonly<Record<string, Range>>;
    readonly byDefault: string;
    /** True: storage classes in the cluster name something else, which the cloud's own checks look at. @default they name these types */
    readonly classesApart?: true;
  };
}
