// A load driver for every broker that speaks Kafka, on Debian's librdkafka: see usage() or scripts/load --help.
#include "load.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct options options = {
    .topic = "bench", .acks = "all", .records = 500000, .size = 1024, .rate = 1000, .seconds = 10,
    .command_after = 4, .deadline = 300, .partition = RD_KAFKA_PARTITION_UA, .partitions = 1, .replicas = 3,
};

static const char USAGE[] =
    "usage: scripts/load MODE -b HOST:PORT,... -t TOPIC [options]        prints one line of JSON\n"
    "\n"
    "  create    makes the topic: --partitions N --replicas N --config NAME=VALUE\n"
    "  produce   as fast as it goes: -n RECORDS\n"
    "  paced     at a fixed rate, latency from the intended send time: -r PER_SECOND -d SECONDS;\n"
    "            after SIGUSR1 the rest goes as fast as it can\n"
    "  consume   all partitions from the beginning: -n RECORDS, or to the end without it\n"
    "  verify    reads everything and compares it with what was acknowledged: -f FILE [--strict]\n"
    "\n"
    "  -s BYTES            size of a record (1024)\n"
    "  -a ACKS             0, 1 or all (all)\n"
    "  -P PARTITION        this partition only; else the client's partitioner\n"
    "  --spread            one partition after another\n"
    "  -i                  idempotent producer\n"
    "  -X KEY=VALUE        a setting of librdkafka (may be repeated)\n"
    "  -p PID,PID          brokers whose processor time is counted\n"
    "  -f FILE             produce, paced: writes \"id partition offset\" of each acknowledged record\n"
    "  --times FILE        produce, paced, consume: writes \"seconds partition\" of each record, monotonic clock\n"
    "  --content FILE      records are pieces of this file (the id travels as key) instead of made-up text\n"
    "  -k COMMAND          paced, produce: runs it after some seconds (--after, 4)\n"
    "  --deadline SECONDS  gives up after this time (300)\n"
    "  --histogram         latencies as counts per bucket, too\n"
    "  --strict            verify: duplicates and records out of order are failures (idempotent producer)\n";

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

double own_cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static double cpu_of(int pid) {
    char path[64], line[1024];
    long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fgets(line, sizeof line, file)) {
        char *after = strrchr(line, ')');
        if (after) sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
    }
    fclose(file);
    return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

void take_broker_cpu(double *into) {
    for (int i = 0; i < options.pid_count; i++) into[i] = cpu_of(options.pids[i]);
}

void print_broker_cpu(const double *before, long records) {
    double sum = 0;
    if (!options.pid_count) return;
    printf(",\"broker_cpu_s\":[");
    for (int i = 0; i < options.pid_count; i++) {
        double spent = cpu_of(options.pids[i]) - before[i];
        sum += spent;
        printf("%s%.2f", i ? "," : "", spent);
    }
    printf("],\"broker_cpu_us_per_record\":%.2f", records ? sum / records * 1e6 : 0);
}

void note_time(int partition) {
    static FILE *file;
    if (!options.times_file) return;
    if (!file && !(file = fopen(options.times_file, "w"))) fail("cannot write %s", options.times_file);
    fprintf(file, "%.6f %d\n", now(), partition);
}

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "load: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(2);
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    char error[512];
    if (rd_kafka_conf_set(conf, key, value, error, sizeof error)) fail("%s", error);
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    char text[512];
    (void)opaque;
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        rd_kafka_fatal_error(client, text, sizeof text);
        fail("fatal: %s", text);
    }
    static int shown;
    if (shown++ < 20) fprintf(stderr, "load: %s\n", reason);
}

void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque);

rd_kafka_t *new_client(rd_kafka_type_t type) {
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", options.brokers);
    set(conf, "broker.address.family", "v4");
    set(conf, "log.connection.close", "false");
    rd_kafka_conf_set_error_cb(conf, on_error);
    if (type == RD_KAFKA_PRODUCER) {
        set(conf, "acks", options.acks);
        set(conf, "queue.buffering.max.messages", "200000");
        set(conf, "queue.buffering.max.kbytes", "262144");
        set(conf, "enable.idempotence", options.idempotent ? "true" : "false");
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    } else {
        set(conf, "group.id", "load");
        set(conf, "enable.auto.commit", "false");
        set(conf, "auto.offset.reset", "earliest");
        set(conf, "enable.partition.eof", "true");
        set(conf, "queued.min.messages", "1000000");
        set(conf, "fetch.message.max.bytes", "4194304");
        set(conf, "fetch.wait.max.ms", "50");
    }
    for (int i = 0; i < options.setting_count; i++) {
        char key[256];
        snprintf(key, sizeof key, "%s", options.settings[i]);
        char *value = strchr(key, '=');
        if (!value) fail("-X wants KEY=VALUE, not \"%s\"", options.settings[i]);
        *value++ = 0;
        set(conf, key, value);
    }
    rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof error);
    if (!client) fail("%s", error);
    return client;
}

int count_partitions(rd_kafka_t *client) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, options.topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &metadata, 30000);
    if (code) fail("metadata of %s: %s", options.topic, rd_kafka_err2str(code));
    if (metadata->topics[0].err) fail("topic %s: %s", options.topic, rd_kafka_err2str(metadata->topics[0].err));
    int count = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(topic);
    return count;
}

static long number(const char *text, const char *what) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || value < 0) fail("%s wants a number, not \"%s\"", what, text);
    return value;
}

static void read_pids(char *text) {
    for (char *pid = strtok(text, ","); pid && options.pid_count < 32; pid = strtok(NULL, ","))
        options.pids[options.pid_count++] = (int)number(pid, "-p");
}

static void read_arguments(int argc, char **argv) {
    enum { CONTENT = 256, AFTER, DEADLINE, HISTOGRAM, STRICT, PARTITIONS, REPLICAS, CONFIG, TIMES, SPREAD };
    static const struct option longs[] = {
        {"content", required_argument, NULL, CONTENT}, {"after", required_argument, NULL, AFTER},
        {"deadline", required_argument, NULL, DEADLINE}, {"histogram", no_argument, NULL, HISTOGRAM},
        {"strict", no_argument, NULL, STRICT}, {"partitions", required_argument, NULL, PARTITIONS},
        {"replicas", required_argument, NULL, REPLICAS}, {"config", required_argument, NULL, CONFIG},
        {"times", required_argument, NULL, TIMES}, {"spread", no_argument, NULL, SPREAD},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "b:t:n:s:a:r:d:k:p:f:X:P:i", longs, NULL)) != -1) switch (option) {
        case 'b': options.brokers = optarg; break;
        case 't': options.topic = optarg; break;
        case 'n': options.records = number(optarg, "-n"); break;
        case 's': options.size = number(optarg, "-s"); break;
        case 'a': options.acks = optarg; break;
        case 'r': options.rate = number(optarg, "-r"); break;
        case 'd': options.seconds = number(optarg, "-d"); break;
        case 'k': options.command = optarg; break;
        case 'p': read_pids(optarg); break;
        case 'f': options.acked_file = optarg; break;
        case 'P': options.partition = (int)number(optarg, "-P"); break;
        case 'i': options.idempotent = true; break;
        case 'X':
            if (options.setting_count == 64) fail("too many -X");
            options.settings[options.setting_count++] = optarg;
            break;
        case CONTENT: options.content_file = optarg; break;
        case AFTER: options.command_after = number(optarg, "--after"); break;
        case DEADLINE: options.deadline = number(optarg, "--deadline"); break;
        case HISTOGRAM: options.histogram = true; break;
        case STRICT: options.strict = true; break;
        case TIMES: options.times_file = optarg; break;
        case SPREAD: options.spread = true; break;
        case PARTITIONS: options.partitions = (int)number(optarg, "--partitions"); break;
        case REPLICAS: options.replicas = (int)number(optarg, "--replicas"); break;
        case CONFIG:
            if (options.config_count == 16) fail("too many --config");
            options.configs[options.config_count++] = optarg;
            break;
        default: fputs(USAGE, stderr); exit(2);
        }
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "--help";
    if (!strcmp(mode, "--help") || !strcmp(mode, "-h")) {
        fputs(USAGE, stdout);
        return 0;
    }
    int (*const verbs[MODES])(void) = {create, produce, produce, consume, verify};
    static const char *const names[MODES] = {"create", "produce", "paced", "consume", "verify"};
    for (options.mode = 0; options.mode < MODES && strcmp(mode, names[options.mode]);) options.mode++;
    if (options.mode == MODES) fail("unknown mode \"%s\"\n%s", mode, USAGE);
    if (options.mode == CONSUME) options.records = 0;
    read_arguments(argc - 1, argv + 1);
    if (!options.brokers) fail("-b HOST:PORT is missing");
    if (options.size < 24) fail("records have at least 24 bytes, for their id");
    if (options.mode == PACED) options.records = options.rate * options.seconds;
    prepare_content();
    return verbs[options.mode]();
}
