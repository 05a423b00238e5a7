// Making the topic that is loaded.
#include "load.h"

#include <string.h>

int create(void) {
    char error[512];
    rd_kafka_t *client = new_client(RD_KAFKA_PRODUCER);
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(options.topic, options.partitions, options.replicas, error, sizeof error);
    if (!topic) fail("%s", error);
    for (int i = 0; i < options.config_count; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s", options.configs[i]);
        char *value = strchr(name, '=');
        if (!value) fail("--config wants NAME=VALUE, not \"%s\"", options.configs[i]);
        *value++ = 0;
        rd_kafka_NewTopic_set_config(topic, name, value);
    }
    rd_kafka_AdminOptions_t *how = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_operation_timeout(how, 30000, error, sizeof error);
    rd_kafka_AdminOptions_set_request_timeout(how, 40000, error, sizeof error);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, &topic, 1, how, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 60000);
    if (!event) fail("no answer to the creation of %s", options.topic);
    if (rd_kafka_event_error(event)) fail("creating %s: %s", options.topic, rd_kafka_event_error_string(event));
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    if (rd_kafka_topic_result_error(results[0]))
        fail("creating %s: %s", options.topic, rd_kafka_topic_result_error_string(results[0]));
    printf("{\"mode\":\"create\",\"topic\":\"%s\",\"partitions\":%d,\"replicas\":%d}\n", options.topic,
           options.partitions, options.replicas);
    return 0;
}
