using System.Globalization;

namespace Broker.Cli.Commands;

/// <summary>A partition as it is named on the command line.</summary>
internal static class PartitionName
{
    public const string Description = "TOPIC/PARTITION, as in orders/0";

    public static (string Topic, int Partition) Parse(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash > 0
            && int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            ? (text[..slash], partition)
            : throw new UsageException($"{text}: write TOPIC/PARTITION, as in orders/0");
    }
}
