/* The one line that tells what is running: version, identity, libraries, actions. */
#ifndef SERVICE_START_LINE_H
#define SERVICE_START_LINE_H

struct arena;
struct equipment;

const char *start_line(const struct equipment *equipment, struct arena *arena);

#endif
