using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Broker.Protocol;

/// <summary>Error codes in words: Kafka's spelling of the name, and a sentence for those that people meet.</summary>
public static class ErrorText
{
    private static readonly FrozenDictionary<ErrorCode, string> Names =
        Enum.GetValues<ErrorCode>().ToFrozenDictionary(code => code, code => UpperSnake(code.ToString()));

    /// <summary>As Kafka's documentation and tools write it: NOT_LEADER_OR_FOLLOWER.</summary>
    public static string NameOf(ErrorCode code) =>
        Names.TryGetValue(code, out string? name) ? name : ((short)code).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A short sentence for an answer that has room for one; the name where nothing more is to be said.
    /// </summary>
    public static string MessageFor(ErrorCode code) => code switch
    {
        ErrorCode.UnknownServerError => "The broker met an error that it did not expect.",
        ErrorCode.OffsetOutOfRange => "The offset lies outside of what the partition holds.",
        ErrorCode.CorruptMessage => "The record batch is damaged: its checksum or layout is wrong.",
        ErrorCode.UnknownTopicOrPartition => "There is no such topic or partition.",
        ErrorCode.LeaderNotAvailable => "The partition has no leader at the moment.",
        ErrorCode.NotLeaderOrFollower => "This broker does not lead the partition.",
        ErrorCode.RequestTimedOut => "The request was not completed in time.",
        ErrorCode.MessageTooLarge => "The record batch is larger than the topic's max.message.bytes.",
        ErrorCode.CoordinatorLoadInProgress => "The group's coordinator has only just been elected.",
        ErrorCode.CoordinatorNotAvailable => "The group has no coordinator at the moment, or it could not decide.",
        ErrorCode.NotCoordinator => "This broker does not coordinate the group.",
        ErrorCode.InvalidTopicException => "The topic name is not allowed.",
        ErrorCode.NotEnoughReplicas => "Fewer replicas than min.insync.replicas are in sync; nothing was written.",
        ErrorCode.NotEnoughReplicasAfterAppend => "Written, but not confirmed by min.insync.replicas replicas.",
        ErrorCode.InvalidRequiredAcks => "acks must be 0, 1 or -1 (all).",
        ErrorCode.InvalidTimestamp => "A timestamp lies outside of what the topic accepts.",
        ErrorCode.UnsupportedVersion => "This version of the API is not served.",
        ErrorCode.TopicAlreadyExists => "A topic of this name exists.",
        ErrorCode.InvalidPartitions => "The number of partitions is not allowed.",
        ErrorCode.InvalidReplicationFactor => "The replication factor is not possible with the brokers that are alive.",
        ErrorCode.InvalidReplicaAssignment => "The assignment of replicas to brokers is not possible.",
        ErrorCode.InvalidConfig => "A configuration value is not allowed.",
        ErrorCode.NotController => "The metadata group has no leader that could decide this now.",
        ErrorCode.InvalidRequest => "The request contradicts itself.",
        ErrorCode.UnsupportedForMessageFormat => "Only record batches of format 2 are accepted.",
        ErrorCode.PolicyViolation => "A limit of this cluster forbids it.",
        ErrorCode.OutOfOrderSequenceNumber => "A batch of this producer before this one is missing.",
        ErrorCode.DuplicateSequenceNumber => "A batch with this sequence was written before.",
        ErrorCode.InvalidProducerEpoch => "A newer instance of this producer has taken over.",
        ErrorCode.KafkaStorageError => "The broker's disk refused the write; nothing was written.",
        ErrorCode.UnknownProducerId => "Nothing is known of this producer.",
        ErrorCode.FencedLeaderEpoch => "The leader epoch in the request is older than the partition's.",
        ErrorCode.UnknownLeaderEpoch => "The leader epoch in the request is newer than any that this broker knows.",
        ErrorCode.UnsupportedCompressionType => "This compression codec is not allowed with this version.",
        ErrorCode.OffsetNotAvailable => "The leader was just elected and does not know its high watermark yet.",
        ErrorCode.InvalidRecord => "A record in the batch is not allowed.",
        ErrorCode.ThrottlingQuotaExceeded => "A quota is used up for now.",
        ErrorCode.NonEmptyGroup => "The group has members.",
        ErrorCode.GroupIdNotFound => "There is no such group.",
        ErrorCode.UnknownTopicId => "There is no topic with this id.",
        _ => NameOf(code),
    };

    private static string UpperSnake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }
}
