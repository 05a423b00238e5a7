using System.Globalization;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Changes configs of topics, one change after the other, each asked for until it is answered; and looks at any broker
/// whether what was answered is shown. It alone does that, so it knows what may be set.
/// </summary>
internal sealed class ConfigurerClient(KafkaClient client, Func<TopicLedger?> choose, Func<bool> isOver)
{
    private const sbyte TopicResource = 2;
    private const sbyte SetOnTheTopic = 1;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const string MinInSync = "min.insync.replicas";
    private const string Retention = "retention.ms";
    private const string Segment = "segment.bytes";
    private const string Message = "max.message.bytes";
    private static readonly string[] Names = [MinInSync, Retention, Segment, Message];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // Numbers that nobody uses twice tell one try from another; none of them is so low that it would take anything.
    private int _serial = 1_000_000_000;

    public async Task RunAsync()
    {
        int pause = client.Random.Next(20, 300);
        while (!isOver())
        {
            if (choose() is { } topic)
            {
                if (client.Queue.Chance(0.5))
                    await ChangeAsync(topic);
                else
                    await LookAsync(topic, client.AnyBroker());
            }

            await client.PauseAsync(pause);
        }
    }

    /// <summary>Completes when a broker has shown what may be shown of a topic.</summary>
    public async Task InsistAsync(TopicLedger topic, BrokerId broker)
    {
        while (!await LookAsync(topic, broker) && !topic.IsGoing)
            await client.PauseAsync(50);
    }

    private async Task ChangeAsync(TopicLedger topic)
    {
        Dictionary<string, string?> change = client.Random.Next(5) switch
        {
            0 => new() { [Retention] = Next() },
            1 => new() { [Retention] = null },
            2 => new() { [Segment] = Next(), [Message] = Next() },
            _ => new() { [MinInSync] = AnyMinInSync(topic) },
        };
        bool replacesAll = client.Queue.Chance(0.2);
        if (replacesAll)
        {
            // A try that comes late takes what was set meanwhile, too.
            foreach (string name in topic.Configs.Keys.Union(Names))
                change.TryAdd(name, null);
        }

        client.Note($"wants {topic} to have {string.Join(", ", change.Select(one => $"{one.Key}={one.Value}"))}");
        while (!isOver())
        {
            if (change.TryGetValue(MinInSync, out string? replicas))
                topic.MayPromise(int.Parse(replicas ?? "1", CultureInfo.InvariantCulture));
            (ErrorCode Code, string? Message)? answer = await TryAskAsync(topic, change, replacesAll);
            if (answer is { Code: ErrorCode.None })
            {
                foreach ((string name, string? value) in change)
                    topic.ConfigOf(name).Changed(value);
                return;
            }

            foreach ((string name, string? value) in change)
                topic.ConfigOf(name).Tried(value);
            if (Judge(topic, answer))
                return;
            await client.PauseAsync(100);
        }
    }

    private string Next() => (++_serial).ToString(CultureInfo.InvariantCulture);

    private string AnyMinInSync(TopicLedger topic) =>
        client.Random.Next(1, Math.Min(topic.Replicas, 2) + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>True: it is not asked for again.</summary>
    private bool Judge(TopicLedger topic, (ErrorCode Code, string? Message)? answer)
    {
        if (topic.IsGoing)
            return true;
        bool isFine = answer is null or { Code: ErrorCode.RequestTimedOut };
        if (!isFine)
            client.Complain($"a change of {topic} is answered with {answer!.Value.Code}: {answer.Value.Message}");
        return !isFine;
    }

    // DescribeConfigs is linearizable: nobody may deny a change that was answered.
    private async Task<bool> LookAsync(TopicLedger topic, BrokerId broker)
    {
        var request = new DescribeConfigsRequest();
        DescribeConfigsRequest.DescribeConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (TopicResource, topic.Name);
        resource.ConfigurationKeys = [.. topic.Configs.Keys];
        DescribeConfigsResponse? response = await TryAskAsync(broker, request, 4);
        if (response?.Results[0] is not { ErrorCode: ErrorCode.None } result)
            return false;

        // What is being deleted may be gone, and another topic have its name.
        if (topic.IsGoing)
            return true;
        foreach (DescribeConfigsResponse.DescribeConfigsResourceResult shown in result.Configs)
        {
            string? value = shown.ConfigSource == SetOnTheTopic ? shown.Value : null;
            ConfigLedger known = topic.ConfigOf(shown.Name);
            if (!known.MayBe(value))
            {
                client.Complain(
                    $"broker {broker} shows {shown.Name}={value ?? "(not set)"} of {topic}, and "
                    + $"{known.Answered ?? "(not set)"} was answered");
            }
        }

        return true;
    }

    private async Task<(ErrorCode Code, string? Message)?> TryAskAsync(
        TopicLedger topic, Dictionary<string, string?> change, bool replacesAll)
    {
        if (replacesAll)
        {
            AlterConfigsResponse? replaced = await TryAskAsync(client.AnyBroker(), ReplacementOf(topic, change), 2);
            return replaced is null ? null : (replaced.Responses[0].ErrorCode, replaced.Responses[0].ErrorMessage);
        }

        IncrementalAlterConfigsResponse? changed = await TryAskAsync(client.AnyBroker(), ChangeOf(topic, change), 1);
        return changed is null ? null : (changed.Responses[0].ErrorCode, changed.Responses[0].ErrorMessage);
    }

    private static AlterConfigsRequest ReplacementOf(TopicLedger topic, Dictionary<string, string?> change)
    {
        var request = new AlterConfigsRequest();
        AlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (TopicResource, topic.Name);
        foreach ((string name, string? value) in change.Where(one => one.Value is not null))
        {
            AlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
            (config.Name, config.Value) = (name, value);
        }

        return request;
    }

    private static IncrementalAlterConfigsRequest ChangeOf(TopicLedger topic, Dictionary<string, string?> change)
    {
        var request = new IncrementalAlterConfigsRequest();
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (TopicResource, topic.Name);
        foreach ((string name, string? value) in change)
        {
            IncrementalAlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
            (config.Name, config.ConfigOperation, config.Value) = (name, value is null ? Delete : Set, value);
        }

        return request;
    }

    // Null: nobody knows whether it was heard.
    private async Task<TResponse?> TryAskAsync<TResponse>(
        BrokerId broker, IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        try
        {
            KafkaLink link = await client.LinkAsync(broker);
            return await link.AskAsync(request, version, Patience);
        }
        catch (LinkLostException)
        {
            return null;
        }
    }
}
