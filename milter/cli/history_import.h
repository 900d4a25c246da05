/* "sekisho report import-opendmarc": a file of OpenDMARC's history goes into the store. */
#ifndef CLI_HISTORY_IMPORT_H
#define CLI_HISTORY_IMPORT_H

struct database;

/* path: "-" for standard input. Says what was done; the exit status. */
int history_import(const char *path, struct database *database);

#endif
