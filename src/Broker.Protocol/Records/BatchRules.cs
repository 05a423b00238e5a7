namespace Broker.Protocol.Records;

/// <summary>What a topic asks of a batch beyond its shape.</summary>
/// <param name="MaxBatchBytes">The largest whole batch, in bytes (<c>max.message.bytes</c>).</param>
/// <param name="OpenCompressed">Inflates compressed batches and walks their records too.</param>
/// <param name="MaxInflatedBytes">How far a compressed batch may inflate before it is refused.</param>
public readonly record struct BatchRules(
    int MaxBatchBytes, bool OpenCompressed = false, int MaxInflatedBytes = 256 << 20);
