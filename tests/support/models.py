"""Models with every member set, and AWS's documented answers as models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ssm_mwx import (
    Alarm,
    AlarmConfiguration,
    AlarmStateInformation,
    ExecutionStatus,
    ExternalAlarmState,
    InvocationPage,
    TaskExecution,
    TaskInvocation,
    TaskType,
)
from tests.support.fakes import SECRET

ITEMS = "WindowExecutionTaskInvocationIdentities"
EPOCH = 1487692834.723
TIME = datetime(2017, 2, 21, 16, 0, 34, 723000, tzinfo=UTC)

TASK_OF_API_REFERENCE = TaskExecution(
    window_execution_id="b40a588d-32a7-4ea7-9a6b-b4ef436EXAMPLE",
    task_execution_id="0c9ac961-dafd-4a94-b6c7-1bef3EXAMPLE",
    task_arn="AWS-RunPatchBaseline",
    service_role=(
        "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/"
        "AWSServiceRoleForAmazonSSM"
    ),
    type=TaskType.RUN_COMMAND,
    task_parameters=(
        {
            "BaselineOverride": ("",),
            "InstallOverrideList": ("",),
            "Operation": ("Scan",),
            "RebootOption": ("RebootIfNeeded",),
            "SnapshotId": ("{{ aws:ORCHESTRATION_ID }}",),
            "aws:InstanceId": ("i-02573cafcfEXAMPLE", "i-0471e04240EXAMPLE", "i-07782c72faEXAMPLE"),
        },
    ),
    priority=1,
    max_concurrency="1",
    max_errors="3",
    status=ExecutionStatus.SUCCESS,
    start_time=datetime(2021, 8, 4, 18, 45, 35, 88000, tzinfo=UTC),
    end_time=datetime(2021, 8, 4, 18, 48, 9, 79000, tzinfo=UTC),
)
TASK_OF_CLI = TaskExecution(
    window_execution_id="518d5565-5969-4cca-8f0e-da3b2a638355",
    task_execution_id="ac0c6ae1-daa3-4a89-832e-d384503b6586",
    task_arn="AWS-RunShellScript",
    service_role="arn:aws:iam::812345678901:role/MaintenanceWindowsRole",
    type=TaskType.RUN_COMMAND,
    task_parameters=({"commands": ("df",), "aws:InstanceId": ("i-0000293ffd8c57862",)},),
    priority=10,
    max_concurrency="1",
    max_errors="1",
    status=ExecutionStatus.SUCCESS,
    start_time=datetime(2017, 2, 21, 16, 0, 34, 684000, tzinfo=UTC),
    end_time=datetime(2017, 2, 21, 16, 0, 35, 5000, tzinfo=UTC),
)
INVOCATION_OF_API_REFERENCE = TaskInvocation(
    window_execution_id="b40a588d-32a7-4ea7-9a6b-b4ef4EXAMPLE",
    task_execution_id="0c9ac961-dafd-4a94-b6c7-1bef3EXAMPLE",
    invocation_id="0e466033-290b-4d74-9ae0-f33e3EXAMPLE",
    execution_id="1203cf98-5a79-4ec3-97e9-12e0bEXAMPLE",
    task_type=TaskType.RUN_COMMAND,
    raw_parameters=(
        '{"comment":"","documentName":"AWS-ApplyPatchBaseline",'
        '"instanceIds":["i-00ec29b21eEXAMPLE","i-09911ddd90EXAMPLE"],"maxConcurrency":"1",'
        '"maxErrors":"1","parameters":{"SnapshotId":[""],"Operation":["Install"]},'
        '"timeoutSeconds":600}'
    ),
    status=ExecutionStatus.SUCCESS,
    status_details="Success",
    start_time=datetime(2024, 8, 4, 18, 35, 35, 170000, tzinfo=UTC),
    end_time=datetime(2024, 8, 4, 18, 42, 11, 330000, tzinfo=UTC),
)
INVOCATION_OF_CLI = TaskInvocation(
    window_execution_id="518d5565-5969-4cca-8f0e-da3b2a638355",
    task_execution_id="ac0c6ae1-daa3-4a89-832e-d384503b6586",
    invocation_id="e274b6e1-fe56-4e32-bd2a-8073c6381d8b",
    raw_parameters=(
        '{"documentName":"AWS-RunShellScript","instanceIds":["i-0000293ffd8c57862"],'
        '"parameters":{"commands":["df"]},"maxConcurrency":"1","maxErrors":"1"}'
    ),
    status=ExecutionStatus.SUCCESS,
    start_time=TIME,
    end_time=datetime(2017, 2, 21, 16, 0, 34, 871000, tzinfo=UTC),
)

FAILED = TaskInvocation(status=ExecutionStatus.FAILED)
FULL_TASK = TaskExecution(
    window_execution_id="window",
    task_execution_id="task",
    task_arn="arn",
    service_role="role",
    type=TaskType("BRAND_NEW"),
    task_parameters=({"commands": ("df", SECRET), "none": ()}, {}),
    priority=0,
    max_concurrency="10%",
    max_errors="1",
    status=ExecutionStatus.FAILED,
    status_details="Failed",
    start_time=TIME,
    end_time=TIME + timedelta(seconds=1.277),
    alarm_configuration=AlarmConfiguration((Alarm("alarm-1"),), ignore_poll_alarm_failure=False),
    triggered_alarms=(AlarmStateInformation("alarm-1", ExternalAlarmState.ALARM),),
)
FULL_INVOCATION = TaskInvocation(
    window_execution_id="window",
    task_execution_id="task",
    invocation_id="invocation",
    execution_id="execution",
    task_type=TaskType.LAMBDA,
    raw_parameters=SECRET,
    status=ExecutionStatus.PENDING,
    status_details="",
    start_time=TIME,
    end_time=TIME,
    owner_information=SECRET,
    window_target_id="target",
)
FULL_PAGE = InvocationPage((FULL_INVOCATION, TaskInvocation()), "token 2")
