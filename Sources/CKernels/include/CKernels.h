#ifndef CKERNELS_H
#define CKERNELS_H
#include "kernels_basic.h"
#endif
