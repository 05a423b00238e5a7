namespace Broker.Metadata;

/// <summary>Bytes that are no records of a kind and level known here, or records that contradict the image.</summary>
public class MetadataRecordException : Exception
{
    public MetadataRecordException(string message)
        : base(message)
    {
    }

    public MetadataRecordException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
