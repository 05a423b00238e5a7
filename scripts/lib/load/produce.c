// Producing: as fast as it goes, or at a fixed rate with latencies from the intended send time.
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GAPS = 64 };
static atomic_long acked, failed;
static _Atomic double command_at;
static atomic_bool done;
static volatile sig_atomic_t hurry;    // SIGUSR1: send the rest as fast as it goes
static double last_ack, longest_gap, started;
static struct { double at, length; } gaps[GAPS];
static int gap_count;
static struct latencies latencies;
static FILE *acked_file;

// Pauses between acknowledgements of more than 100 ms, so that a pause can be laid beside what was done to a broker.
static void note_gap(double t) {
    double gap = t - last_ack;
    if (last_ack > 0 && gap > 0.1 && gap_count < GAPS) {
        gaps[gap_count].at = last_ack - started;
        gaps[gap_count++].length = gap;
    }
    if (command_at > 0 && t > command_at && last_ack > 0) {
        double since = t - (last_ack > command_at ? last_ack : command_at);
        if (since > longest_gap) longest_gap = since;
    }
    last_ack = t;
}

void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client, (void)opaque;
    long id = (long)(intptr_t)message->_private;
    if (message->err) {
        if (failed++ < 5) fprintf(stderr, "load: record %ld: %s\n", id, rd_kafka_err2str(message->err));
        return;
    }
    double t = now();
    acked++;
    if (options.mode == PACED) latencies_add(&latencies, t - (started + id / (double)options.rate));
    note_gap(t);
    note_time(message->partition);
    if (acked_file) fprintf(acked_file, "%lx %" PRId32 " %" PRId64 "\n", id, message->partition, message->offset);
}

static void run_command(void) {
    if (!options.command || command_at > 0 || now() - started < options.command_after) return;
    command_at = now();
    if (system(options.command)) fprintf(stderr, "load: the command failed: %s\n", options.command);
}

// Answers are taken by a thread of their own, so that the sender can sleep until its next turn and neither delays the
// other. Everything that on_delivery touches belongs to this thread until it has ended.
static void *take_answers(void *client) {
    while (!done) rd_kafka_poll(client, 20);
    return NULL;
}

static void on_hurry(int signal) {
    (void)signal;
    hurry = 1;
}

static void sleep_until(double at) {
    struct timespec t = {.tv_sec = (time_t)at, .tv_nsec = (long)((at - (time_t)at) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR && !hurry) {}
}

static void submit(rd_kafka_topic_t *topic, int partitions, long id, char *body) {
    char key[17];
    size_t key_length = 0;
    write_content(id, body);
    if (options.content_file) key_length = snprintf(key, sizeof key, "%016lx", id);
    int partition = options.spread ? (int)(id % partitions) : options.partition;
    while (rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, body, content_size(id),
                            key_length ? key : NULL, key_length, (void *)(intptr_t)id)) {
        rd_kafka_resp_err_t code = rd_kafka_last_error();
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) fail("record %ld: %s", id, rd_kafka_err2str(code));
        sleep_until(now() + 0.002);
        run_command();
        if (now() - started > options.deadline)
            fail("not done after %ld s: %ld acknowledged", options.deadline, atomic_load(&acked));
    }
}

static void print_result(double seconds, double client_cpu, const double *broker_before) {
    printf("{\"mode\":\"%s\",\"topic\":\"%s\",\"acks\":\"%s\",\"idempotent\":%s,\"size\":%ld,\"acked\":%ld,"
           "\"failed\":%ld,\"secs\":%.2f,\"msgs_s\":%.0f,\"mb_s\":%.1f,\"client_cpu_us_per_record\":%.2f",
           options.mode == PACED ? "paced" : "produce", options.topic, options.acks,
           options.idempotent ? "true" : "false", options.size, atomic_load(&acked), atomic_load(&failed), seconds,
           acked / seconds,
           acked * options.size / seconds / 1e6, acked ? client_cpu / acked * 1e6 : 0);
    print_broker_cpu(broker_before, acked);
    if (options.mode == PACED) printf(",\"rate\":%ld", options.rate);
    latencies_print(&latencies);
    if (options.command) printf(",\"gap_ms\":%.0f", longest_gap * 1e3);
    printf(",\"pauses\":[");
    for (int i = 0; i < gap_count; i++)
        printf("%s[%.2f,%.0f]", i ? "," : "", gaps[i].at, gaps[i].length * 1e3);
    printf("]}\n");
}

int produce(void) {
    rd_kafka_t *client = new_client(RD_KAFKA_PRODUCER);
    int partitions = count_partitions(client);
    if (options.partition >= partitions) fail("topic %s has %d partitions", options.topic, partitions);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, options.topic, NULL);
    if (options.acked_file && !(acked_file = fopen(options.acked_file, "w")))
        fail("cannot write %s", options.acked_file);
    char *body = malloc(options.size);
    double before[32], cpu = own_cpu();
    take_broker_cpu(before);
    started = now();
    signal(SIGUSR1, on_hurry);
    pthread_t answers;
    if (pthread_create(&answers, NULL, take_answers, client)) fail("no thread");
    for (long id = 0; id < options.records; id++) {
        if (options.mode == PACED && !hurry) sleep_until(started + id / (double)options.rate);
        run_command();
        submit(topic, partitions, id, body);
    }
    while (acked + failed < options.records && now() - started < options.deadline) {
        sleep_until(now() + 0.001);
        run_command();
    }
    double seconds = now() - started;
    done = true;
    pthread_join(answers, NULL);
    print_result(seconds, own_cpu() - cpu, before);
    if (acked_file) fclose(acked_file);
    long unknown = options.records - acked - failed;
    if (unknown) fprintf(stderr, "load: %ld records without an answer after %ld s\n", unknown, options.deadline);
    return failed || unknown ? 1 : 0;
}
