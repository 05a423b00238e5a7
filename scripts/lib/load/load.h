// What the load driver's parts share.
#ifndef LOAD_H
#define LOAD_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum mode { CREATE, PRODUCE, PACED, CONSUME, VERIFY, MODES };

struct options {
    const char *brokers, *topic, *acks, *command, *acked_file, *content_file, *times_file;
    enum mode mode;
    long records, size, rate, seconds, command_after, deadline;
    int partition, partitions, replicas;
    bool idempotent, strict, histogram, spread;
    const char *settings[64];
    int setting_count;
    const char *configs[16];
    int config_count;
    int pids[32];
    int pid_count;
};

extern struct options options;

// Time and processor time, in seconds.
double now(void);
double own_cpu(void);
void print_broker_cpu(const double *before, long records);
void take_broker_cpu(double *into);

// One line "seconds partition" (of the monotonic clock) for each record that was acknowledged or read, if --times asks.
void note_time(int partition);

_Noreturn void fail(const char *format, ...);

rd_kafka_t *new_client(rd_kafka_type_t type);
int count_partitions(rd_kafka_t *client);

// The content of a record is a function of its id, so that whoever reads it can check every byte.
void prepare_content(void);
long content_size(long id);
void write_content(long id, char *into);
long id_of(const rd_kafka_message_t *message);   // -1: not ours
bool content_is_right(long id, const rd_kafka_message_t *message);

struct latencies {
    double *values;
    long count, room;
};
void latencies_add(struct latencies *set, double seconds);
void latencies_print(struct latencies *set);

int create(void);
int produce(void);
int consume(void);
int verify(void);

#endif
