// FFmpeg's libraries as one module, with the macros that Swift cannot import and what differs between versions.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <pthread.h>
#include <stdbool.h>

// Macros.
static const int CFFmpegAgain = AVERROR(EAGAIN);
static const int CFFmpegEnd = AVERROR_EOF;
static const int CFFmpegInvalidData = AVERROR_INVALIDDATA;
static const int CFFmpegExit = AVERROR_EXIT;
static const int CFFmpegNoMemory = AVERROR(ENOMEM);
static const int CFFmpegNoSpace = AVERROR(ENOSPC);
static const int64_t CFFmpegNoTimestamp = AV_NOPTS_VALUE;
static const int CFFmpegTimeBase = AV_TIME_BASE;
static const int CFFmpegQPToLambda = FF_QP2LAMBDA;
static const int CFFmpegOutputCorrupt = AV_CODEC_FLAG_OUTPUT_CORRUPT;
static const int CFFmpegGlobalHeader = AV_CODEC_FLAG_GLOBAL_HEADER;
static const int CFFmpegFixedQuantizer = AV_CODEC_FLAG_QSCALE;
static const unsigned CFFmpegPacketCorrupt = AV_PKT_FLAG_CORRUPT;
static const unsigned CFFmpegPacketDiscard = AV_PKT_FLAG_DISCARD;
static const int CFFmpegFrameCorrupt = AV_FRAME_FLAG_CORRUPT;

static inline int CFFmpegErrorOf(int systemError) {
    return AVERROR(systemError);
}

/// The length of a frame in the stream's time base; 0 where unknown.
static inline int64_t CFFmpegDuration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void CFFmpegSetDuration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

static inline int CFFmpegIsInterlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}

static inline void CFFmpegSetInterlaced(AVFrame *frame, int interlaced) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    frame->flags = interlaced ? frame->flags | AV_FRAME_FLAG_INTERLACED : frame->flags & ~AV_FRAME_FLAG_INTERLACED;
#else
    frame->interlaced_frame = interlaced;
#endif
}

/// The stream's 3×3 display matrix of nine 16.16 numbers, or NULL.
static inline const int32_t *CFFmpegDisplayMatrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return side && side->size >= 36 ? (const int32_t *)side->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

/// Copies the chapters of one file to another whose header is not yet written, as seen from an instant (in microseconds) of
/// the first; those that end before it are left out.
static inline int CFFmpegCopyChapters(AVFormatContext *to, const AVFormatContext *from, int64_t start) {
    for (unsigned index = 0; index < from->nb_chapters; ++index) {
        const AVChapter *old = from->chapters[index];
        int64_t shift = av_rescale_q(start, (AVRational){1, AV_TIME_BASE}, old->time_base);
        if (old->end <= shift) continue;
        AVChapter *chapter = (AVChapter *)av_mallocz(sizeof(AVChapter));
        if (!chapter) return AVERROR(ENOMEM);
        chapter->id = old->id;
        chapter->time_base = old->time_base;
        chapter->start = FFMAX(0, old->start - shift);
        chapter->end = old->end - shift;
        av_dict_copy(&chapter->metadata, old->metadata, 0);
        int count = (int)to->nb_chapters;
        int status = av_dynarray_add_nofree(&to->chapters, &count, chapter);
        if (status < 0) return status;
        to->nb_chapters = (unsigned)count;
    }
    return 0;
}

/// A number of the calling thread's own.
static inline uintptr_t CFFmpegThread(void) {
    return (uintptr_t)pthread_self();
}

/// Whether this processor has AVX-512, and with it all earlier vector instructions.
static inline bool CFFmpegHasAVX512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f");
#else
    return false;
#endif
}
