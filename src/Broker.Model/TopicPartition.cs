using System.Globalization;

namespace Broker.Model;

/// <summary>A partition as clients name it.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}-{Partition}");
}
