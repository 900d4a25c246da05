/* How the page looks, in the light and in the dark. */
#ifndef LOGBOOK_HTML_STYLE_H
#define LOGBOOK_HTML_STYLE_H

extern const char html_style[];
extern const char html_more_style[]; /* of links, narrow pages and paper */

#endif
