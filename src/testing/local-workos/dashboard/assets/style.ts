import { PALETTE } from '../../http/palette.js';
import { FRAME_STYLE } from './style/frame.js';
import { LIST_STYLE } from './style/list.js';
import { PANELS_STYLE } from './style/panels.js';

/** How the dashboard looks: quiet, so that what is wrong stands out; light and dark; from 20 rem wide to any width. */
export const DASHBOARD_STYLE = PALETTE + FRAME_STYLE + LIST_STYLE + PANELS_STYLE;
