/// Gradient checkpointing.
#pragma once
#include "stages.h"

namespace ct {

/// Runs stages `first` ..< `last` of a list as in training, and keeps only their input.
///
/// The backward pass runs them again, with the same dropout. Gradients are those of `run`, bit for
/// bit on a processor (GradientCheckpointingTests); there are first derivatives only. The list must
/// outlive the backward pass.
///
/// Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174.
at::Tensor run_checkpointed(const stages &list, size_t first, size_t last, const at::Tensor &input);

}  // namespace ct
