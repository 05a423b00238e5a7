// Reading back: for speed, or to compare every byte with what was acknowledged.
#include "load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 10000 };

struct acknowledged { int64_t offset; int32_t partition; bool seen; };
static struct acknowledged *expected;
static long expected_ids, expected_count;

static struct {
    long read, foreign, missing, damaged, duplicates, offset_gaps, out_of_order;
} found;

struct reader {
    int64_t next;      // the offset that has to come: dense from 0
    long last_id;
    bool at_end;
};
static struct reader *readers;

static rd_kafka_t *assign_all(int *partitions) {
    rd_kafka_t *client = new_client(RD_KAFKA_CONSUMER);
    rd_kafka_poll_set_consumer(client);
    *partitions = count_partitions(client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(*partitions);
    for (int i = 0; i < *partitions; i++)
        rd_kafka_topic_partition_list_add(list, options.topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_resp_err_t code = rd_kafka_assign(client, list);
    if (code) fail("assign: %s", rd_kafka_err2str(code));
    rd_kafka_topic_partition_list_destroy(list);
    readers = calloc(*partitions, sizeof *readers);
    for (int i = 0; i < *partitions; i++) readers[i] = (struct reader){.next = 0, .last_id = -1};
    return client;
}

// Reads to the end of every partition, or until enough was seen; returns when the last record came.
static double read_all(rd_kafka_t *client, int partitions, void (*take)(const rd_kafka_message_t *), long enough) {
    static rd_kafka_message_t *messages[BATCH];
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
    double started = now(), last = started;
    int at_end = 0;
    while (enough ? found.read < enough : at_end < partitions) {
        if (now() - started > options.deadline)
            fail("not at the end of %d partitions after %ld s, %ld read", partitions - at_end, options.deadline,
                 found.read);
        long count = rd_kafka_consume_batch_queue(queue, 10, messages, BATCH);
        for (long i = 0; i < count; i++) {
            rd_kafka_message_t *message = messages[i];
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                at_end += !readers[message->partition].at_end;
                readers[message->partition].at_end = true;
            } else if (message->err) {
                fprintf(stderr, "load: partition %" PRId32 ": %s\n", message->partition,
                        rd_kafka_message_errstr(message));
            } else {
                found.read++;
                take(message);
            }
            rd_kafka_message_destroy(message);
        }
        if (count > 0) last = now();
    }
    return last;
}

static long bytes;
static void count_bytes(const rd_kafka_message_t *message) {
    bytes += message->len;
    note_time(message->partition);
}

int consume(void) {
    int partitions;
    double cpu = own_cpu(), before[32], started = now();
    take_broker_cpu(before);
    rd_kafka_t *client = assign_all(&partitions);
    double seconds = read_all(client, partitions, count_bytes, options.records) - started;
    printf("{\"mode\":\"consume\",\"topic\":\"%s\",\"msgs\":%ld,\"secs\":%.2f,\"msgs_s\":%.0f,\"mb_s\":%.1f,"
           "\"client_cpu_us_per_record\":%.2f", options.topic, found.read, seconds, found.read / seconds,
           bytes / seconds / 1e6, found.read ? (own_cpu() - cpu) / found.read * 1e6 : 0);
    print_broker_cpu(before, found.read);
    printf("}\n");
    return found.read >= options.records ? 0 : 1;
}

static void load_acknowledged(void) {
    FILE *file = options.acked_file ? fopen(options.acked_file, "r") : NULL;
    if (!file) fail("verify needs -f FILE as written by produce or paced");
    long id, offset;
    int partition;
    while (fscanf(file, "%lx %d %ld", &id, &partition, &offset) == 3) {
        if (id >= expected_ids) {
            long room = id * 2 + 1024;
            expected = realloc(expected, room * sizeof *expected);
            for (long i = expected_ids; i < room; i++)
                expected[i] = (struct acknowledged){.offset = -1, .partition = -1};
            expected_ids = room;
        }
        expected[id].partition = partition;
        expected[id].offset = offset;
        expected_count++;
    }
    fclose(file);
}

static void compare(const rd_kafka_message_t *message) {
    struct reader *reader = &readers[message->partition];
    if (message->offset != reader->next) found.offset_gaps++;
    reader->next = message->offset + 1;
    long id = id_of(message);
    if (id < 0) {
        found.foreign++;
        return;
    }
    if (!content_is_right(id, message)) found.damaged++;
    if (id <= reader->last_id) found.out_of_order++; else reader->last_id = id;
    if (id >= expected_ids || expected[id].partition < 0) return;   // never acknowledged, may be there all the same
    struct acknowledged *record = &expected[id];
    // A retry without idempotence may leave a second copy; what counts is what the acknowledged offset holds.
    bool in_place =
        record->partition == message->partition && (record->offset == message->offset || record->offset < 0);
    if (in_place && !record->seen) record->seen = true; else found.duplicates++;
}

int verify(void) {
    load_acknowledged();
    int partitions;
    rd_kafka_t *client = assign_all(&partitions);
    read_all(client, partitions, compare, 0);
    for (long id = 0; id < expected_ids; id++) found.missing += expected[id].partition >= 0 && !expected[id].seen;
    printf("{\"mode\":\"verify\",\"topic\":\"%s\",\"acked\":%ld,\"read\":%ld,\"missing\":%ld,\"damaged\":%ld,"
           "\"duplicates\":%ld,\"offset_gaps\":%ld,\"out_of_order\":%ld,\"foreign\":%ld}\n",
           options.topic, expected_count, found.read, found.missing, found.damaged, found.duplicates,
           found.offset_gaps, found.out_of_order, found.foreign);
    bool wrong = found.missing || found.damaged || found.offset_gaps || found.foreign;
    return wrong || (options.strict && (found.duplicates || found.out_of_order)) ? 1 : 0;
}
