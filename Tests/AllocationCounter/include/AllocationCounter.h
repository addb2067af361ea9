#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

// Takes the place of malloc and its relatives in the test program and counts calls of the threads that ask for it.

// Starts or stops counting on the calling thread.
void allocation_counter_watch(int watch);
// Allocations since the last reset on all watched threads.
long allocation_counter_value(void);
void allocation_counter_reset(void);

#endif
