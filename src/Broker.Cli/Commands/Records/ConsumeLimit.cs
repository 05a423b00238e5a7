using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Records;

/// <summary>When consuming ends: after a number of records, or when every partition has reached its end.</summary>
internal sealed class ConsumeLimit(long? count)
{
    private readonly Dictionary<TopicPartition, Offset> _ends = [];
    private long? _left = count;
    private bool _endsSomewhere;

    public bool IsReached => _left <= 0 || (_endsSomewhere && _ends.Count == 0);

    public void EndAt(TopicPartition partition, Offset first, Offset end)
    {
        _endsSomewhere = true;
        if (first < end)
        {
            _ends[partition] = end;
        }
    }

    /// <summary>Whether the record is among those that were asked for; counts it.</summary>
    public bool Takes(ConsumedRecord record)
    {
        if (_endsSomewhere)
        {
            if (!_ends.TryGetValue(record.Partition, out Offset end) || record.Offset >= end)
            {
                _ends.Remove(record.Partition);
                return false;
            }

            if (record.Offset + 1 >= end)
            {
                _ends.Remove(record.Partition);
            }
        }

        _left--;
        return true;
    }
}
