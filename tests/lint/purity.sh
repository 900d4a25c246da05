#!/bin/sh
# libpure.a decides from plain data: nothing in it may open, read, ask the time, take a lock or log.
set -u
library=$1/libpure.a
[ -f "$library" ] || { echo "$library is not built"; exit 1; }
impure='open|openat|read|write|close|fopen|fclose|fread|fwrite|fputs|fputc|puts|printf|fprintf|vfprintf|perror|socket|connect|send|sendto|recv|recvfrom|poll|select|time|gettimeofday|clock_gettime|localtime|localtime_r|gmtime|getenv|setlocale|syslog|pthread_[a-z_]*|fork|execv|execve|kill|signal|sleep|usleep|nanosleep|stat|fstat|unlink|random|rand|getrandom|gethostname|getaddrinfo|stdout|stderr|stdin'
found=$(nm -u "$library" | awk '/^[^ ].*:$/ {file=$1} /^ *U / {print file, $2}' | sed 's/@.*//' | grep -E " (__)?($impure)(_chk)?(64)?\$")
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
