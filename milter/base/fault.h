/* Why one of our own operations failed (a file, a socket, an option), in words for the admin.
 * What a message or its DNS does wrong is never a fault: that is a verdict with a cause. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

struct fault {
	char text[256];
};

/* Writes the reason, cut at the size of the text. A NULL fault is allowed and ignored. */
void fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
