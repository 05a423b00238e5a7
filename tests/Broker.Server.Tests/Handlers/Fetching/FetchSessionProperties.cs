using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Partitions;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Handlers.Fetching;

/// <summary>
/// Whatever happens to partitions and whatever the client wants next: one that applies a session's answers knows what
/// full answers would have told it, and reads everything.
/// </summary>
public sealed class FetchSessionProperties
{
    private const int Partitions = 5;

    [Property(MaxTest = 150)]
    public async Task A_client_knows_what_full_answers_would_have_told(int seed)
    {
        var random = new Random(seed);
        using var bench = new HandlerBench();
        TopicImage topic = bench.Cluster.AddTopic("orders", Partitions);
        FakePartition[] hosted = [.. Enumerable.Range(0, Partitions).Select(i => bench.Partitions.Host(topic, i))];
        var client = new SessionClient(bench, topic, version: (short)(random.Next(2) == 0 ? 12 : 16));
        for (int step = 0; step < 120; step++)
        {
            Happen(random, hosted[random.Next(Partitions)], client);
            if (random.Next(3) > 0)
                continue;

            client.MaxBytes = random.Next(1, 500);
            await client.FetchAsync();
            await CheckAsync(client);
        }

        await ReadAllAsync(hosted, client);
    }

    private static void Happen(Random random, FakePartition partition, SessionClient client)
    {
        int index = partition.Id.Index;
        switch (random.Next(12))
        {
            case <= 3:
                partition.Append(SessionClient.BatchBytes);
                break;
            case 4:
                partition.Become(random.Next(2) == 0 ? PartitionFault.None : PartitionFault.NotLeader);
                break;
            case 5:
                partition.Diverging = random.Next(2) == 0 ? null : new EpochEnd(new Term(4), new Offset(0));
                break;
            case 6:
                partition.LogStart += 1;
                break;
            case <= 9:
                client.Want(index);
                break;
            case 10:
                client.Forget(index);
                break;
            default:
                if (random.Next(3) == 0)
                    client.BeginAnew();
                else
                    client.Seek(index, random.Next(3));
                break;
        }
    }

    private static async Task CheckAsync(SessionClient client)
    {
        foreach ((int index, long highWatermark, long logStart, ErrorCode code) in await client.AskInFullAsync())
        {
            SessionClient.Known known = client.Views[index];
            Assert.Equal((highWatermark, logStart, code), (known.HighWatermark, known.LogStart, known.Code));
        }
    }

    // Each answer has room for one batch: so many of them are enough.
    private static async Task ReadAllAsync(FakePartition[] hosted, SessionClient client)
    {
        long total = 0;
        foreach (FakePartition partition in hosted)
        {
            partition.Become(PartitionFault.None);
            partition.Diverging = null;
            partition.Append(SessionClient.BatchBytes);
            client.Want(partition.Id.Index);
            client.Seek(partition.Id.Index, 0);
            total += partition.End.Value;
        }

        client.MaxBytes = 1;
        for (long round = 0; round <= total; round++)
            await client.FetchAsync();
        foreach (FakePartition partition in hosted)
            Assert.Equal(partition.End.Value, client.Views[partition.Id.Index].Position);
    }
}
