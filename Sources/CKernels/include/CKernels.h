#ifndef CKERNELS_H
#define CKERNELS_H
#include "kernels_activations.h"
#include "kernels_basic.h"
#include "kernels_bfloat16.h"
#include "kernels_conv.h"
#include "kernels_depthwise.h"
#include "kernels_elementwise.h"
#include "kernels_gemm.h"
#include "kernels_haar.h"
#include "kernels_isa.h"
#include "kernels_normalization.h"
#include "kernels_quantized.h"
#include "kernels_sound.h"
#include "kernels_spectrum.h"
#include "kernels_winograd.h"
#endif
