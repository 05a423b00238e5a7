namespace Broker.Storage;

/// <summary>What one step of a scrub did.</summary>
/// <param name="Bytes">Read and checked.</param>
/// <param name="Damage">What it met; the log knows of it by then.</param>
public readonly record struct ScrubStep(long Bytes, LogDamage? Damage);
