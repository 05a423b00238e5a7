using System.Diagnostics;
using System.Globalization;
using System.Text;
using Broker.Client;
using Broker.Model;
using UnreachableException = Broker.Client.UnreachableException;

namespace Broker.Benchmarks.Clients;

/// <summary>
/// Our SDK under a fixed rate, for scripts/pauses: one partition after another is written to, and all are read. Each
/// acknowledgement and each record that was read becomes a line "seconds partition" of the monotonic clock.
/// </summary>
internal static class PauseProbe
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [string bootstrap, string topic, string rate, string seconds, string folder])
        {
            await Console.Error.WriteLineAsync("pauses BOOTSTRAP TOPIC RECORDS_PER_SECOND SECONDS FOLDER");
            return 2;
        }

        await using BrokerClient client = await BrokerClient.ConnectAsync(ClientOptions.For(bootstrap));
        await using Producer producer = client.CreateProducer();
        await using Consumer consumer = client.CreateConsumer();
        int partitions = await consumer.PartitionCountAsync(topic);
        await consumer.AssignAsync(
            Enumerable.Range(0, partitions).ToDictionary(
                partition => new TopicPartition(topic, partition), _ => StartPosition.Earliest));
        using var acknowledged = new TimeLines(Path.Combine(folder, "sdk-acked"));
        using var read = new TimeLines(Path.Combine(folder, "sdk-read"));
        using var ended = new CancellationTokenSource();
        Task reading = ReadAsync(consumer, read, ended.Token);
        int failed = await WriteAsync(
            producer,
            new Load(topic, partitions, Number(rate), Number(rate) * Number(seconds)),
            acknowledged);
        await ended.CancelAsync();
        await reading;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"failed\":{failed}}}"));
        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<int> WriteAsync(Producer producer, Load load, TimeLines acknowledged)
    {
        int failed = 0;
        byte[] value = Encoding.ASCII.GetBytes(new string('x', 100));
        List<Task> underWay = [];
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < load.Records; i++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)i / load.Rate) - Stopwatch.GetElapsedTime(begun);
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            int partition = i % load.Partitions;
            Task<RecordPosition> sent = await producer.EnqueueAsync(
                new ProducerRecord { Topic = load.Topic, Partition = partition, Value = value });
            underWay.Add(NoteAsync(sent, partition));
        }

        await Task.WhenAll(underWay);
        return failed;

        async Task NoteAsync(Task<RecordPosition> sent, int partition)
        {
            try
            {
                await sent;
                acknowledged.Note(partition);
            }
            catch (Exception failure) when (failure is RequestException or UnreachableException or TimeoutException)
            {
                Interlocked.Increment(ref failed);
                await Console.Error.WriteLineAsync(failure.Message);
            }
        }
    }

    private static async Task ReadAsync(Consumer consumer, TimeLines read, CancellationToken token)
    {
        try
        {
            await foreach (ConsumedRecord record in consumer.ReadAsync(token))
                read.Note(record.Partition.Partition);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Enough was read.
        }
    }

    private sealed record Load(string Topic, int Partitions, int Rate, int Records);

    private sealed class TimeLines(string path) : IDisposable
    {
        private readonly StreamWriter _lines = new(path);

        public void Note(int partition)
        {
            double now = (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;
            lock (_lines)
                _lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now:F6} {partition}"));
        }

        public void Dispose()
        {
            lock (_lines)
                _lines.Dispose();
        }
    }
}
