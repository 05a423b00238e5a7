// What records contain, and how long their answers took.
#include "load.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

// Made-up text: a record is its id in 16 hex digits and then a piece of this, from a place that depends on the id.
enum { TEXT = 1 << 20, ID = 16 };
static char *text;
static const char *content;
static long content_length;

void prepare_content(void) {
    if (options.content_file) {
        int file = open(options.content_file, O_RDONLY);
        struct stat about;
        if (file < 0 || fstat(file, &about)) fail("cannot read %s", options.content_file);
        content_length = about.st_size;
        content = mmap(NULL, content_length, PROT_READ, MAP_PRIVATE, file, 0);
        if (content == MAP_FAILED) fail("cannot map %s", options.content_file);
        if (options.mode == PRODUCE || options.mode == PACED)
            options.records = (content_length + options.size - 1) / options.size;
        return;
    }
    text = malloc(TEXT + options.size);
    uint64_t state = 88172645463325252ull;
    for (long i = 0; i < TEXT + options.size; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        text[i] = 'a' + state % 26;
    }
}

long content_size(long id) {
    if (!content) return options.size;
    long left = content_length - id * options.size;
    return left < options.size ? left : options.size;
}

static const char *piece(long id) {
    return content ? content + id * options.size : text + (uint64_t)id * 7919 % TEXT;
}

void write_content(long id, char *into) {
    memcpy(into, piece(id), content_size(id));
    if (content) return;
    for (int digit = 0; digit < ID; digit++) into[digit] = "0123456789abcdef"[(id >> (60 - 4 * digit)) & 15];
}

long id_of(const rd_kafka_message_t *message) {
    char digits[ID + 1] = {0}, *end;
    if (content ? message->key_len != ID : message->len < ID) return -1;
    memcpy(digits, content ? message->key : message->payload, ID);
    long id = strtol(digits, &end, 16);
    return *end ? -1 : id;
}

bool content_is_right(long id, const rd_kafka_message_t *message) {
    if (content && id * options.size >= content_length) return false;
    int skip = content ? 0 : ID;
    return (long)message->len == content_size(id) &&
        !memcmp((char *)message->payload + skip, piece(id) + skip, message->len - skip);
}

void latencies_add(struct latencies *set, double seconds) {
    if (set->count == set->room) {
        set->room = set->room ? set->room * 2 : 65536;
        set->values = realloc(set->values, set->room * sizeof(double));
    }
    set->values[set->count++] = seconds;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Buckets grow by the square root of two, from 0.1 ms.
static void print_histogram(const struct latencies *set) {
    printf(",\"histogram_ms\":[");
    double upper = 0.0001;
    for (long i = 0, first = 1; i < set->count; upper *= M_SQRT2) {
        long in = 0;
        while (i < set->count && set->values[i] <= upper) i++, in++;
        if (!in) continue;
        printf("%s[%.2f,%ld]", first ? "" : ",", upper * 1e3, in);
        first = 0;
    }
    printf("]");
}

void latencies_print(struct latencies *set) {
    static const struct { const char *name; double part; } points[] = {
        {"p50_ms", .5}, {"p95_ms", .95}, {"p99_ms", .99}, {"p999_ms", .999}, {"max_ms", 1},
    };
    if (!set->count) return;
    qsort(set->values, set->count, sizeof(double), ascending);
    for (int i = 0; i < 5; i++)
        printf(",\"%s\":%.2f", points[i].name, set->values[(long)(points[i].part * (set->count - 1))] * 1e3);
    if (options.histogram) print_histogram(set);
}
