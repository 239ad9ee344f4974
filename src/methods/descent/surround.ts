// What goes around a descent's steps is loaded where a fit asks for it.

import { Part } from '../../../bindings/part.js';

export const SURROUNDING = new Part(
  'averages of weights, rates of their own, and frozen layers',
  () => import('./surrounding.js'),
);
export const ORDERING = new Part('orders by class or error', () => import('./special-orders.js'));
