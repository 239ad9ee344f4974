// The rules that few programs follow.

import { UpdateRule } from "../codes";
import { Plan } from "../layers/table";
import { Adadelta, adadeltaStep } from "./adadelta";
import { CurvedMean, curvedMeanBegin, curvedMeanStep } from "./curved-mean";
import { DeltaBarDelta, deltaBarDeltaStep } from "./delta-bar-delta";
import { Gdx, gdxBegin, gdxStep } from "./gdx";
import { Lion, lionStep } from "./lion";
import { Murata, murataBegin, murataStep } from "./murata";
import { Quickprop, quickpropStep } from "./quickprop";
import { Resilient, resilientBegin, resilientStep } from "./resilient";
import { Update } from "./state";
import { StochasticDiagonal, stochasticDiagonalBegin, stochasticDiagonalStep } from "./stochastic-diagonal";
import { SuperSab, superSabStep } from "./super-sab";

/** What a step decides once for all parameters, E = loss before it. Rules that are not listed decide nothing. */
export function otherBegin(u: Update, plan: Plan, loss: f64): void {
  switch (u.rule) {
    case UpdateRule.rpropMinus:
    case UpdateRule.rpropPlus:
    case UpdateRule.rpropImproved:
    case UpdateRule.rpropImprovedPlus: resilientBegin(changetype<Resilient>(u), loss); break;
    case UpdateRule.murata: murataBegin(changetype<Murata>(u), plan.parameters); break;
    case UpdateRule.gdx: gdxBegin(changetype<Gdx>(u), plan, loss); break;
    case UpdateRule.stochasticDiagonalLM: stochasticDiagonalBegin(changetype<StochasticDiagonal>(u), plan.parameters); break;
    case UpdateRule.adaHessian:
    case UpdateRule.sophia: curvedMeanBegin(changetype<CurvedMean>(u), plan.parameters); break;
  }
}

/** The rule on n parameters w from the first-th on, with gradient g and a decay. */
export function otherStep(u: Update, first: i32, n: i32, g: usize, w: usize, decay: f64): void {
  switch (u.rule) {
    case UpdateRule.rpropMinus:
    case UpdateRule.rpropPlus:
    case UpdateRule.rpropImproved:
    case UpdateRule.rpropImprovedPlus: resilientStep(changetype<Resilient>(u), first, n, g, w, decay); break;
    case UpdateRule.deltaBarDelta: deltaBarDeltaStep(changetype<DeltaBarDelta>(u), first, n, g, w, decay); break;
    case UpdateRule.superSAB: superSabStep(changetype<SuperSab>(u), first, n, g, w, decay); break;
    case UpdateRule.quickprop: quickpropStep(changetype<Quickprop>(u), first, n, g, w, decay); break;
    case UpdateRule.murata: murataStep(changetype<Murata>(u), n, g, w, decay); break;
    case UpdateRule.gdx: gdxStep(changetype<Gdx>(u), first, n, g, w, decay); break;
    case UpdateRule.stochasticDiagonalLM: stochasticDiagonalStep(changetype<StochasticDiagonal>(u), first, n, g, w, decay); break;
    case UpdateRule.adaHessian:
    case UpdateRule.sophia: curvedMeanStep(changetype<CurvedMean>(u), first, n, g, w, decay); break;
    case UpdateRule.lion: lionStep(changetype<Lion>(u), first, n, g, w, decay); break;
    case UpdateRule.adadelta: adadeltaStep(changetype<Adadelta>(u), first, n, g, w, decay); break;
    default: unreachable();
  }
}
