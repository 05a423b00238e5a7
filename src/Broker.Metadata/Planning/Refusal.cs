namespace Broker.Metadata;

/// <summary>Why a wish can't be granted, in words for the one who asked.</summary>
public sealed record Refusal(RefusalReason Reason, string Message);
