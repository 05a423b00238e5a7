using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Disks;

/// <summary>Asks brokers how much of their disks their replicas take, by DescribeLogDirs. Any thread.</summary>
public sealed class DiskClient
{
    private readonly ClientOptions _options;
    private readonly ConnectionPool _pool;

    internal DiskClient(ClientOptions options, ConnectionPool pool)
    {
        _options = options;
        _pool = pool;
    }

    /// <exception cref="UnreachableException">It does not answer.</exception>
    /// <exception cref="RequestException">It refuses to, or is of a version that does not tell.</exception>
    public async Task<DiskDescription> DescribeAsync(BrokerDescription broker, CancellationToken token = default)
    {
        BrokerConnection connection = await _pool.GetAsync(broker.Address, token).ConfigureAwait(false);
        DescribeLogDirsResponse response = await connection
            .SendAsync(new DescribeLogDirsRequest { Topics = null }, _options.RequestTimeout, token)
            .ConfigureAwait(false);
        string what = $"broker {broker.Id} does not describe its disk";
        AdminClient.ThrowIfFailed(response.ErrorCode, what, null);
        long total = 0;
        long usable = 0;
        Dictionary<TopicPartition, long> replicas = [];
        foreach (DescribeLogDirsResponse.DescribeLogDirsResult directory in response.Results)
        {
            AdminClient.ThrowIfFailed(directory.ErrorCode, what, null);
            total = Sum(total, directory.TotalBytes);
            usable = Sum(usable, directory.UsableBytes);
            foreach (DescribeLogDirsResponse.DescribeLogDirsTopic topic in directory.Topics)
            {
                foreach (DescribeLogDirsResponse.DescribeLogDirsPartition partition in topic.Partitions)
                    replicas[new TopicPartition(topic.Name, partition.PartitionIndex)] = partition.PartitionSize;
            }
        }

        return new DiskDescription(broker.Id, total, usable, replicas);
    }

    /// <summary>Asks all the brokers given; one that does not answer is named in what comes back.</summary>
    public async Task<DiskSurvey> SurveyAsync(
        IEnumerable<BrokerDescription> brokers, CancellationToken token = default)
    {
        Dictionary<BrokerId, DiskDescription> disks = [];
        Dictionary<BrokerId, string> silent = [];
        foreach (BrokerDescription broker in brokers.OrderBy(each => each.Id))
        {
            try
            {
                disks[broker.Id] = await DescribeAsync(broker, token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is UnreachableException or RequestException)
            {
                silent[broker.Id] = e.Message;
            }
        }

        return new DiskSurvey(disks, silent);
    }

    private static long Sum(long told, long more) => told < 0 || more < 0 ? -1 : told + more;
}
