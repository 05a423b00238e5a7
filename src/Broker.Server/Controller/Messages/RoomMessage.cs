namespace Broker.Server.Controller.Messages;

/// <summary>A room report as JSON.</summary>
internal sealed record RoomMessage(long Room, RoomMessageTopic[] Topics);

/// <summary>A topic's partitions, and beside each how many bytes its replica takes.</summary>
internal sealed record RoomMessageTopic(Guid Id, int[] Partitions, long[] Bytes);
