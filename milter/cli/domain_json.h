/* A survey as one JSON object; described in sekisho(1). */
#ifndef CLI_DOMAIN_JSON_H
#define CLI_DOMAIN_JSON_H

struct arena;
struct survey;

const char *domain_json(const struct survey *survey, struct arena *arena);

#endif
