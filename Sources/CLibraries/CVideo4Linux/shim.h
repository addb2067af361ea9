#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/videodev2.h>

// The kernel's camera interface: `ioctl` is variadic, its requests are macros and its structures hold unions, none of
// which Swift can use. Each function is one request; it returns 0 or the error number.

static inline int fermusic_v4l2_request(int device, unsigned long request, void *argument) {
    int status;
    do status = ioctl(device, request, argument);
    while (status < 0 && errno == EINTR);
    return status < 0 ? errno : 0;
}

typedef struct {
    char driver[17], card[33], bus[33];
    int captures, captures_planes, streams;
} fermusic_v4l2_device;

static inline int fermusic_v4l2_query(int device, fermusic_v4l2_device *out) {
    struct v4l2_capability c;
    memset(&c, 0, sizeof c);
    memset(out, 0, sizeof *out);
    const int status = fermusic_v4l2_request(device, VIDIOC_QUERYCAP, &c);
    if (status) return status;
    const uint32_t caps = c.capabilities & V4L2_CAP_DEVICE_CAPS ? c.device_caps : c.capabilities;
    memcpy(out->driver, c.driver, 16);
    memcpy(out->card, c.card, 32);
    memcpy(out->bus, c.bus_info, 32);
    out->captures = (caps & V4L2_CAP_VIDEO_CAPTURE) != 0;
    out->captures_planes = (caps & V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0;
    out->streams = (caps & V4L2_CAP_STREAMING) != 0;
    return 0;
}

typedef struct {
    uint32_t code;
    char name[33];
} fermusic_v4l2_format;

static inline int fermusic_v4l2_format_at(int device, uint32_t index, fermusic_v4l2_format *out) {
    struct v4l2_fmtdesc f;
    memset(&f, 0, sizeof f);
    memset(out, 0, sizeof *out);
    f.index = index;
    f.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    const int status = fermusic_v4l2_request(device, VIDIOC_ENUM_FMT, &f);
    out->code = f.pixelformat;
    memcpy(out->name, f.description, 32);
    return status;
}

// One size, or a range of sizes in steps.
typedef struct {
    int is_range;
    uint32_t width, height, max_width, max_height, step_width, step_height;
} fermusic_v4l2_size;

static inline int fermusic_v4l2_size_at(int device, uint32_t code, uint32_t index, fermusic_v4l2_size *out) {
    struct v4l2_frmsizeenum s;
    memset(&s, 0, sizeof s);
    memset(out, 0, sizeof *out);
    s.index = index;
    s.pixel_format = code;
    const int status = fermusic_v4l2_request(device, VIDIOC_ENUM_FRAMESIZES, &s);
    if (status) return status;
    if (s.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
        out->width = s.discrete.width;
        out->height = s.discrete.height;
    } else {
        *out = (fermusic_v4l2_size){1, s.stepwise.min_width, s.stepwise.min_height, s.stepwise.max_width,
                                    s.stepwise.max_height, s.stepwise.step_width, s.stepwise.step_height};
    }
    return 0;
}

// Frames per second: one rate, or the range from `rate` down to `lowest`.
typedef struct {
    int is_range;
    double rate, lowest;
} fermusic_v4l2_rate;

static inline int fermusic_v4l2_rate_at(int device, uint32_t code, uint32_t width, uint32_t height, uint32_t index,
                                        fermusic_v4l2_rate *out) {
    struct v4l2_frmivalenum i;
    memset(&i, 0, sizeof i);
    memset(out, 0, sizeof *out);
    i.index = index;
    i.pixel_format = code;
    i.width = width;
    i.height = height;
    const int status = fermusic_v4l2_request(device, VIDIOC_ENUM_FRAMEINTERVALS, &i);
    if (status) return status;
    const struct v4l2_fract a = i.type == V4L2_FRMIVAL_TYPE_DISCRETE ? i.discrete : i.stepwise.min;
    const struct v4l2_fract b = i.type == V4L2_FRMIVAL_TYPE_DISCRETE ? i.discrete : i.stepwise.max;
    out->is_range = i.type != V4L2_FRMIVAL_TYPE_DISCRETE;
    out->rate = a.numerator ? (double)a.denominator / a.numerator : 0;
    out->lowest = b.numerator ? (double)b.denominator / b.numerator : 0;
    return 0;
}

typedef struct {
    uint32_t code, width, height, bytes_per_line, image_bytes;
    int is_full_range;
} fermusic_v4l2_picture;

// Asks for a format; `picture` becomes what the driver gives instead.
static inline int fermusic_v4l2_set_format(int device, fermusic_v4l2_picture *picture) {
    struct v4l2_format f;
    memset(&f, 0, sizeof f);
    f.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    f.fmt.pix.width = picture->width;
    f.fmt.pix.height = picture->height;
    f.fmt.pix.pixelformat = picture->code;
    f.fmt.pix.field = V4L2_FIELD_ANY;
    const int status = fermusic_v4l2_request(device, VIDIOC_S_FMT, &f);
    if (status) return status;
    picture->code = f.fmt.pix.pixelformat;
    picture->width = f.fmt.pix.width;
    picture->height = f.fmt.pix.height;
    picture->bytes_per_line = f.fmt.pix.bytesperline;
    picture->image_bytes = f.fmt.pix.sizeimage;
    picture->is_full_range = f.fmt.pix.quantization == V4L2_QUANTIZATION_FULL_RANGE;
    return 0;
}

// Asks for frames per second; `rate` becomes what the driver gives. Many drivers know no rates: an error is harmless.
static inline int fermusic_v4l2_set_rate(int device, double *rate) {
    struct v4l2_streamparm p;
    memset(&p, 0, sizeof p);
    p.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    p.parm.capture.timeperframe.numerator = 1000;
    p.parm.capture.timeperframe.denominator = (uint32_t)(*rate * 1000 + 0.5);
    const int status = fermusic_v4l2_request(device, VIDIOC_S_PARM, &p);
    const struct v4l2_fract t = p.parm.capture.timeperframe;
    if (!status && t.numerator) *rate = (double)t.denominator / t.numerator;
    return status;
}

static inline int fermusic_v4l2_request_buffers(int device, uint32_t *count) {
    struct v4l2_requestbuffers r;
    memset(&r, 0, sizeof r);
    r.count = *count;
    r.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    r.memory = V4L2_MEMORY_MMAP;
    const int status = fermusic_v4l2_request(device, VIDIOC_REQBUFS, &r);
    *count = r.count;
    return status;
}

static inline struct v4l2_buffer fermusic_v4l2_buffer(uint32_t index) {
    struct v4l2_buffer b;
    memset(&b, 0, sizeof b);
    b.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    b.memory = V4L2_MEMORY_MMAP;
    b.index = index;
    return b;
}

static inline int fermusic_v4l2_map(int device, uint32_t index, void **memory, size_t *length) {
    struct v4l2_buffer b = fermusic_v4l2_buffer(index);
    const int status = fermusic_v4l2_request(device, VIDIOC_QUERYBUF, &b);
    if (status) return status;
    *memory = mmap(NULL, b.length, PROT_READ | PROT_WRITE, MAP_SHARED, device, b.m.offset);
    *length = b.length;
    return *memory == MAP_FAILED ? errno : 0;
}

static inline int fermusic_v4l2_queue(int device, uint32_t index) {
    struct v4l2_buffer b = fermusic_v4l2_buffer(index);
    return fermusic_v4l2_request(device, VIDIOC_QBUF, &b);
}

typedef struct {
    uint32_t index, bytes;
    int is_damaged, is_monotonic;
    int64_t nanoseconds;
} fermusic_v4l2_frame;

static inline int fermusic_v4l2_dequeue(int device, fermusic_v4l2_frame *out) {
    struct v4l2_buffer b = fermusic_v4l2_buffer(0);
    const int status = fermusic_v4l2_request(device, VIDIOC_DQBUF, &b);
    out->index = b.index;
    out->bytes = b.bytesused;
    out->is_damaged = (b.flags & V4L2_BUF_FLAG_ERROR) != 0;
    out->is_monotonic = (b.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    out->nanoseconds = (int64_t)b.timestamp.tv_sec * 1000000000 + (int64_t)b.timestamp.tv_usec * 1000;
    return status;
}

static inline int fermusic_v4l2_start(int device) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return fermusic_v4l2_request(device, VIDIOC_STREAMON, &type);
}

static inline int fermusic_v4l2_stop(int device) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return fermusic_v4l2_request(device, VIDIOC_STREAMOFF, &type);
}
