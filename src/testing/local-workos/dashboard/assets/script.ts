import { CHARTS_SCRIPT } from './script/charts.js';
import { CONTROLS_SCRIPT } from './script/controls.js';
import { LIVE_SCRIPT } from './script/live.js';
import { ROWS_SCRIPT } from './script/rows.js';
import { TIME_SCRIPT } from './script/time.js';

/**
 * What the dashboard does in the browser, as one script. Without it every page is whole and every form works; it only
 * keeps them up to date. It puts HTML into the page as the server sends it, which has escaped it.
 */
export const DASHBOARD_SCRIPT = `'use strict';
(() => {
const byId = (id) => document.getElementById(id);
${TIME_SCRIPT}${ROWS_SCRIPT}${CHARTS_SCRIPT}${CONTROLS_SCRIPT}${LIVE_SCRIPT}})();
`;
