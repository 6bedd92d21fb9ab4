import { fromDebian } from './install.ts';

/** What its pages load from the folders of other packages. */
const scripts = ['bootstrap4', 'eonasdan-bootstrap-datetimepicker', 'jquery', 'jquery-hotkeys', 'moment']
  .concat(['moment-timezone', 'mustache', 'popper.js', 'rickshaw', 'd3'])
  .map((name) => `libjs-${name}`);

/** Debian's Prometheus, for the services that are made of it. */
export const prometheusInstalled = await fromDebian('prometheus', ...scripts);
