// The little of MPI that training on several machines needs, from Open MPI's library where there is one.
//
// The library is opened when it is asked for: a machine without Open MPI runs everything else. It is called by Open MPI's
// binary interface, which is the same for all of its versions 4 and 5 (libmpi.so.40); other MPIs have others.
//
// Functions give 0, or an error text that the caller frees. One thread at a time may call them.
#ifndef CMPI_H
#define CMPI_H

#include <stdint.h>

typedef enum { MPI_SINGLE_FLOATS, MPI_DOUBLE_FLOATS } MPINumbers;

/// A sum that is under way; its arrays belong to MPI until it is done.
typedef void *MPISum;

/// Opens the library and joins the other processes, once.
char *mpi_join(int32_t *rank, int32_t *count);
/// Begins to add up an array over all processes, in place.
char *mpi_begin_sum(void *values, int32_t count, MPINumbers numbers, MPISum *sum);
/// Looks whether a sum is done and moves all sums along.
char *mpi_is_done(MPISum *sum, int32_t *done);
/// Leaves the other processes; waits until all do.
void mpi_leave(void);

#endif
