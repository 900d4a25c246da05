/* What systemd wants to know about the supervisor; silent without systemd. */
#ifndef SERVICE_READINESS_H
#define SERVICE_READINESS_H

void readiness_up(const char *status);
void readiness_reloading(void);
void readiness_stopping(void);

#endif
