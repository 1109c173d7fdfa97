/// Whole numbers of parts.
#pragma once

namespace ck {

/// How many parts of a size it takes.
inline int divided_up(int value, int by) { return (value + by - 1) / by; }

/// The least multiple that is no less.
inline int rounded_up(int value, int multiple) { return divided_up(value, multiple) * multiple; }

}  // namespace ck
