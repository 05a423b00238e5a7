namespace Broker.Metadata;

/// <summary>What the brokers of a rack carry together while replicas are being placed.</summary>
internal sealed class RackLoad
{
    public int Brokers { get; set; }

    public int InTopic { get; set; }

    public int InPartition { get; set; }
}
