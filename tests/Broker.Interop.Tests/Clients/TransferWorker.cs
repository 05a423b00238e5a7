using Confluent.Kafka;

namespace Broker.Interop.Tests.Clients;

/// <summary>
/// Consumes, transforms and produces exactly once, with Confluent.Kafka: each transaction holds what was read, what was
/// written for it, and where the group goes on. What fails is aborted, and read again.
/// </summary>
internal sealed class TransferWorker(string bootstrap, string group, string from, string to)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Transactions that were aborted and done again.</summary>
    public int Aborted { get; private set; }

    /// <summary>Until it is stopped; a producer that is fenced or broken is followed by a new one.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using IConsumer<string, string> consumer = Consumer();
                using IProducer<string, string> producer = Producer();
                consumer.Subscribe(from);
                producer.InitTransactions(Limit);
                while (!stop.IsCancellationRequested)
                {
                    Transfer(consumer, producer);
                }

                consumer.Close();
            }
            catch (KafkaException failure) when (failure is not KafkaTxnRequiresAbortException)
            {
                Aborted++;
            }
        }
    }

    private void Transfer(IConsumer<string, string> consumer, IProducer<string, string> producer)
    {
        List<ConsumeResult<string, string>> read = Read(consumer);
        if (read.Count == 0)
        {
            return;
        }

        try
        {
            producer.BeginTransaction();
            foreach (ConsumeResult<string, string> record in read)
            {
                producer.Produce(to, new Message<string, string>
                {
                    Key = record.Message.Key,
                    Value = record.Message.Value + "!",
                });
            }

            producer.SendOffsetsToTransaction(Behind(read), consumer.ConsumerGroupMetadata, Limit);
            Commit(producer);
        }
        catch (KafkaTxnRequiresAbortException)
        {
            Aborted++;
            producer.AbortTransaction(Limit);
            foreach (TopicPartitionOffset first in read.GroupBy(record => record.TopicPartition)
                .Select(records => records.First().TopicPartitionOffset))
            {
                consumer.Seek(first);
            }
        }
    }

    // A call that took too long may be made again.
    private static void Commit(IProducer<string, string> producer)
    {
        while (true)
        {
            try
            {
                producer.CommitTransaction(Limit);
                return;
            }
            catch (KafkaRetriableException)
            {
                // It goes on where it was.
            }
        }
    }

    private static List<ConsumeResult<string, string>> Read(IConsumer<string, string> consumer)
    {
        var read = new List<ConsumeResult<string, string>>();
        while (read.Count < 10 && consumer.Consume(Poll) is { } record)
        {
            read.Add(record);
        }

        return read;
    }

    private static IEnumerable<TopicPartitionOffset> Behind(List<ConsumeResult<string, string>> read) =>
        read.GroupBy(record => record.TopicPartition).Select(
            records => new TopicPartitionOffset(records.Key, records.Last().Offset + 1));

    private IConsumer<string, string> Consumer() => new ConsumerBuilder<string, string>(new ConsumerConfig
    {
        BootstrapServers = bootstrap,
        GroupId = group,
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        SessionTimeoutMs = 6000,
    }).Build();

    private IProducer<string, string> Producer() => new ProducerBuilder<string, string>(new ProducerConfig
    {
        BootstrapServers = bootstrap,
        TransactionalId = "transfers",
        TransactionTimeoutMs = 10_000,
        LingerMs = 5,
    }).Build();
}
