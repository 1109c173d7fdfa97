#include <torch/torch.h>

#include "CTorch.h"
