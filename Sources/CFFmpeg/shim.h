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
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/timecode.h>
#include <libswscale/swscale.h>
#include <pthread.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

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
static const int CFFmpegTimesMayJump = AVFMT_TS_DISCONT;
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

/// Side data of a stream, or NULL.
static inline const uint8_t *CFFmpegSideData(const AVStream *stream, enum AVPacketSideDataType kind, size_t *size) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, kind);
    *size = side ? side->size : 0;
    return side ? side->data : NULL;
#else
    *size = 0;
    return av_stream_get_side_data(stream, kind, size);
#endif
}

/// Gives a stream a copy of side data.
static inline int CFFmpegAddSideData(AVStream *stream, enum AVPacketSideDataType kind, const void *data, size_t size) {
    void *copy = av_memdup(data, size);
    if (!copy) return AVERROR(ENOMEM);
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    AVCodecParameters *parameters = stream->codecpar;
    if (!av_packet_side_data_add(
            &parameters->coded_side_data, &parameters->nb_coded_side_data, kind, copy, size, 0)) {
        av_free(copy);
        return AVERROR(ENOMEM);
    }
    return 0;
#else
    int status = av_stream_add_side_data(stream, kind, (uint8_t *)copy, size);
    if (status < 0) av_free(copy);
    return status < 0 ? status : 0;
#endif
}

/// The mastering display as x265 spells it: G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min), in 1/50000 and 1/10000 cd/m².
///
/// Returns whether there is one.
static inline bool CFFmpegDescribeMastering(const void *data, size_t size, char *text, size_t room) {
    const AVMasteringDisplayMetadata *display = (const AVMasteringDisplayMetadata *)data;
    if (!data || size < sizeof *display || !display->has_primaries || !display->has_luminance) return false;
    long value[10];
    static const int order[3] = {1, 2, 0};
    for (int colour = 0; colour < 3; ++colour)
        for (int axis = 0; axis < 2; ++axis)
            value[2 * colour + axis] = lrint(av_q2d(display->display_primaries[order[colour]][axis]) * 50000);
    for (int axis = 0; axis < 2; ++axis) value[6 + axis] = lrint(av_q2d(display->white_point[axis]) * 50000);
    value[8] = lrint(av_q2d(display->max_luminance) * 10000);
    value[9] = lrint(av_q2d(display->min_luminance) * 10000);
    snprintf(
        text, room, "G(%ld,%ld)B(%ld,%ld)R(%ld,%ld)WP(%ld,%ld)L(%ld,%ld)", value[0], value[1], value[2], value[3],
        value[4], value[5], value[6], value[7], value[8], value[9]);
    return true;
}

/// Gives a stream the mastering display that `CFFmpegDescribeMastering` has spelt.
static inline int CFFmpegAddMastering(AVStream *stream, const char *text) {
    int value[10];
    if (sscanf(
            text, "G(%d,%d)B(%d,%d)R(%d,%d)WP(%d,%d)L(%d,%d)", &value[0], &value[1], &value[2], &value[3], &value[4],
            &value[5], &value[6], &value[7], &value[8], &value[9]) != 10)
        return AVERROR(EINVAL);
    AVMasteringDisplayMetadata *display = av_mastering_display_metadata_alloc();
    if (!display) return AVERROR(ENOMEM);
    static const int order[3] = {1, 2, 0};
    for (int colour = 0; colour < 3; ++colour)
        for (int axis = 0; axis < 2; ++axis)
            display->display_primaries[order[colour]][axis] = (AVRational){value[2 * colour + axis], 50000};
    for (int axis = 0; axis < 2; ++axis) display->white_point[axis] = (AVRational){value[6 + axis], 50000};
    display->max_luminance = (AVRational){value[8], 10000};
    display->min_luminance = (AVRational){value[9], 10000};
    display->has_primaries = display->has_luminance = 1;
    int status = CFFmpegAddSideData(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, display, sizeof *display);
    av_free(display);
    return status;
}

/// The content's light levels, maximum and frame average, in cd/m²; returns whether there are some.
static inline bool CFFmpegReadLightLevel(const void *data, size_t size, unsigned *most, unsigned *average) {
    const AVContentLightMetadata *light = (const AVContentLightMetadata *)data;
    if (!data || size < sizeof *light || (!light->MaxCLL && !light->MaxFALL)) return false;
    *most = light->MaxCLL;
    *average = light->MaxFALL;
    return true;
}

static inline int CFFmpegAddLightLevel(AVStream *stream, unsigned most, unsigned average) {
    size_t size = 0;
    AVContentLightMetadata *light = av_content_light_metadata_alloc(&size);
    if (!light) return AVERROR(ENOMEM);
    light->MaxCLL = most;
    light->MaxFALL = average;
    int status = CFFmpegAddSideData(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, light, size);
    av_free(light);
    return status;
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
