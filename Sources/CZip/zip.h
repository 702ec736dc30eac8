// zlib, which compresses pictures where FFmpeg is not.
#include <zlib.h>
