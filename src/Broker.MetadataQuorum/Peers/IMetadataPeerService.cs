using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>The metadata group's end of the <see cref="IMetadataPeerChannel"/>. Any thread; nothing blocks.</summary>
public interface IMetadataPeerService
{
    /// <summary>A voter opened a connection. The stream is the service's from here on, to close if unwanted.</summary>
    void Accept(BrokerId peer, Stream stream);

    /// <summary>Answers a question; may take as long as a poll. Empty: not understood, or not here.</summary>
    ValueTask<ReadOnlyMemory<byte>> AnswerAsync(
        BrokerId peer, ReadOnlyMemory<byte> request, CancellationToken cancellation);
}
