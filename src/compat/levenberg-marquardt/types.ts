// The names and options of npm's ml-levenberg-marquardt, 1 to 5.

/** Points of a curve: values of y at x, as many as there are of x, at least two. */
export interface Data2D {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/** A curve by its parameters: gives the function of x. */
export type ParameterizedFunction = (params: number[]) => (x: number) => number;

/** The curve's slopes by its parameters: gives the function of x that returns one slope for each parameter, in their order. */
export type JacobianFunction = (params: number[]) => (x: number) => number[];

/** Options of `levenbergMarquardt`, by ml-levenberg-marquardt's names. */
export interface LevenbergMarquardtOptions {
  /** Where to begin: a number for each parameter. */
  initialValues: ArrayLike<number>;
  /**
   * What each residual is multiplied by: a number for all, or one for each point; of a list that is too short, the first counts
   * for all. Default 1.
   */
  weights?: number | ArrayLike<number>;
  /** The least value of each parameter. Default: none. A start outside is moved to the nearest point inside. */
  minValues?: ArrayLike<number>;
  /** The largest value of each parameter. Default: none. */
  maxValues?: ArrayLike<number>;
  /** Steps at most, ≥ 0. Default 100. */
  maxIterations?: number;
  /** The fit ends where the sum of squares is at most this. Default 1e-7. It ends at a minimum as well, whatever the sum is. */
  errorTolerance?: number;
  /** Seconds, after which the fit throws. Default: none. */
  timeout?: number;
  /** The curve's slopes. Default: differences, whose steps the fit chooses itself. */
  jacobianFunction?: JacobianFunction;
  /**
   * The step of the original method's differences, for all parameters or one for each. A parameter whose step is 0 keeps its
   * initial value. Default 0.1.
   */
  gradientDifference?: number | ArrayLike<number>;
  /** Whether the original method's differences are central. Default false. */
  centralDifference?: boolean;
  /** The original method's first damping, > 0. Default 0.01. */
  damping?: number;
  /** What its damping is divided by after a step that gains what it promised. Default 9. */
  dampingStepDown?: number;
  /** What its damping is multiplied by after any other step. Default 11. */
  dampingStepUp?: number;
  /** The share of what a step promises that counts as a gain. Default 0.001. */
  improvementThreshold?: number;
}

/** A fitted curve. */
export interface LevenbergMarquardtReturn {
  /** The parameters, in the order of `initialValues`. */
  parameterValues: number[];
  /** Σ (weight·(y − curve))² over the points. */
  parameterError: number;
  /** Steps that were taken. */
  iterations: number;
}
